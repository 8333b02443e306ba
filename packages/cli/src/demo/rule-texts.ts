import { PLACES } from './places.ts';

/** Names of the demo's rules; what the monitor tells is counted by them. */
export const RULES = {
  lock: 'lock finished records',
  quarantine: 'quarantine executables',
  stamp: 'stamp incoming tables',
  readOnly: 'finished shares are read-only',
} as const;

export interface RuleSettings {
  settleSeconds: number;
  retention: string;
  /** Of the receiver of notifications. */
  webhook: string;
}

/** The rule file that the demo begins with. */
export function firstRules({ settleSeconds, retention, webhook }: RuleSettings): string {
  return `# The rules of the demo. "qwarden monitor" reads this file anew whenever it changes.
version: 1
defaults: { settle: ${settleSeconds}s }
rules:
  - name: ${RULES.lock}
    on: [created, written, moved-in, renamed]
    where:
      under: ${PLACES.records}
      not: { name: ["*.tmp", "~$*", ".*.??????"] }
    do:
      - lock: { retention: ${JSON.stringify(retention)} }

  - name: ${RULES.quarantine}
    where: { under: ${PLACES.shares}, extension: [exe, zip] }
    do:
      - quarantine: { to: ${PLACES.quarantine}, reason: no programs on the shares }
      - webhook: { url: ${JSON.stringify(webhook)}, format: cloudevents }

  - name: ${RULES.stamp} # its own rename is one too, and is recognised as its own
    on: [created, moved-in, renamed]
    where: { path: "${PLACES.incoming}/*.csv" }
    do:
      - rename: { to: "done-{{name}}" }
`;
}

/** One rule more, which is certain to feed itself: it is for renames, and renames. */
export function selfFeedingRules(settings: RuleSettings): string {
  return `${firstRules(settings)}
  - name: number for ever
    on: renamed
    where: { under: ${PLACES.incoming} }
    do:
      - rename: { to: "1-{{name}}" }
`;
}

/** One rule more, which takes effect while the monitor runs. */
export function furtherRules(settings: RuleSettings): string {
  return `${firstRules(settings)}
  - name: ${RULES.readOnly}
    where: { under: ${PLACES.finished} }
    do:
      - permissions: { mode: "0444" }
`;
}
