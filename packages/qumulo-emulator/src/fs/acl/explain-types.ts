/** Answers of the three explanations of permissions, as `qq fs_acl_explain_*` reads them. */
import type { AceRight, AceV2, AclV2, SpecialPermission, Trustee } from './types.ts';

export type Identity = Required<Trustee>;

export type Owners = { owner: Identity; group_owner: Identity };

export type ClassRights = {
  match: 'NONE' | 'EVERYONE' | 'EQUIVALENT' | 'POTENTIALLY_AFFECTED';
  cumulative_allowed: AceRight[];
  cumulative_denied: AceRight[];
};

export type PosixModeExplanation = Owners & {
  mode: string;
  posix_special_permissions: SpecialPermission[];
  annotated_acl: {
    ace: AceV2;
    is_inherit_only: boolean;
    mode_bits_granted: string;
    owner_rights: ClassRights;
    group_rights: ClassRights;
    other_rights: ClassRights;
  }[];
};

export type SetModeExplanation = Owners & {
  initial_acl: AclV2;
  result_acl: AclV2;
  annotated_aces: {
    action: 'COPY_ACE' | 'INSERT_ACE' | 'REMOVE_ACE';
    source_ace: AceV2 | null;
    source_trustee_match: ('NO_MATCH' | 'NON_POSIX' | 'POSIX_OWNER' | 'POSIX_GROUP_OWNER' | 'POSIX_OTHERS')[];
    rights_removed: AceRight[];
    flags_removed: string[];
    flags_added: string[];
    result_ace: AceV2 | null;
    reason: string;
  }[];
  owner_rights_from_mode: AceRight[];
  group_rights_from_mode: AceRight[];
  other_rights_from_mode: AceRight[];
  not_produced_by_any_mode: AceRight[];
  not_visible_in_mode: AceRight[];
  max_extra_ace_allow: AceRight[];
  max_extra_ace_deny: AceRight[];
};

export type RightsRequest = {
  user: Trustee;
  primary_group?: Trustee | null;
  auxiliary_identities?: readonly Trustee[] | null;
};

export type RightsExplanation = Owners & {
  requestor: { user: Identity; primary_group: Identity | null; auxiliary_identities: Identity[] };
  annotated_aces: {
    ace: AceV2;
    trustee_matches: boolean;
    skipped_inherit_only: boolean;
    cumulative_allowed: AceRight[];
    cumulative_denied: AceRight[];
  }[];
  effective_rights: AceRight[];
  admin_priv_rights: AceRight[];
  implicit_owner_rights: AceRight[];
  implicit_owner_rights_suppressed_by_ace: boolean;
  implicit_rights_from_parent: AceRight[];
};
