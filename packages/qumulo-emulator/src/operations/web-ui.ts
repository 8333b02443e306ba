import type { WebUiSettings } from '../cluster/service-settings.ts';
import { decimal, type Decoder, nullable, object, orNull, string } from '../http/decode.ts';
import { on, onBody, onUndocumentedBody } from '../http/operation.ts';
import { changeSettings, type Kept, showSettings } from './kept-settings.ts';

/** Whoever is logged in may read them: the enum of privileges has only one for writing (FACTS 8). */
const kept: Kept<WebUiSettings> = {
  write: 'PRIVILEGE_WEB_UI_SETTINGS_WRITE',
  of: ({ services }) => services.webUi,
};

const timeout: Decoder<{ nanoseconds: string }> = object({ nanoseconds: decimal });

/** Settings of the Web UI; the SDK asserts an ETag (FACTS 2.3). */
export const webUiOperations = {
  ...on('GET /v1/web-ui/settings', showSettings(kept)),
  ...onBody(
    'PUT /v1/web-ui/settings',
    object({ inactivity_timeout: orNull(timeout), login_banner: orNull(string) }),
    changeSettings(kept),
  ),
};

/** PATCH, which Terraform sends: null clears (FACTS 14). */
export const webUiUndocumented = onUndocumentedBody(
  'PATCH /v1/web-ui/settings',
  object({ inactivity_timeout: nullable(timeout), login_banner: nullable(string) }),
  changeSettings(kept),
);
