import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventData } from '../../src/actions/message/event.ts';
import { masked } from '../../src/actions/secrets/mask.ts';
import { readSecretUrl } from '../../src/actions/secrets/url.ts';
import { slackMessage } from '../../src/actions/webhook/formats/slack.ts';
import { templateBody } from '../../src/actions/webhook/formats/template.ts';
import { webhookAction } from '../../src/actions/webhook/index.ts';
import { actionInput } from '../support/action.ts';

/** Any name that a file could have, half surrogate pairs included. */
const path = fc
  .string({ unit: fc.nat(0xffff).map((code) => String.fromCharCode(code)), minLength: 1 })
  .map((name) => `/in/${name.replaceAll('/', '')}`);

describe('names of files', () => {
  it('stay what they are in JSON', () => {
    fc.assert(
      fc.property(path, (name) => {
        const input = actionInput(webhookAction, { url_env: 'A' }, { path: name });
        expect(JSON.parse(templateBody(input, '{"a": ["{{path}}", "x{{path}}"]}', 'application/json').body)).toEqual({
          a: [name, `x${name}`],
        });
        expect(JSON.parse(JSON.stringify(eventData(input)))).toMatchObject({ path: name });
      }),
    );
  });

  it('cannot leave the text of a message to Slack', () => {
    fc.assert(
      fc.property(path, (name) => {
        const { text }: { text: string } = JSON.parse(
          slackMessage(actionInput(webhookAction, { url_env: 'A' }, { path: name }), '{{path}}').body,
        );
        expect(text).not.toMatch(/[<>\n\r]|&(?!amp;|lt;|gt;)/);
        expect(text.isWellFormed()).toBe(true);
      }),
    );
  });
});

describe('secrets', () => {
  it('of a URL are masked wherever they turn up', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9!_-]{4,20}$/), fc.string(), fc.string(), (token, before, after) => {
        fc.pre(!before.includes(token) && !after.includes(token));
        const url = `https://hooks.test/a/${encodeURIComponent(token)}/b?c=${encodeURIComponent(token)}`;
        const { host, secrets } = readSecretUrl(url, ['https:'], 'it');
        expect(host).toBe('hooks.test');
        expect(masked(`${before}${token}${after} ${url}`, secrets)).not.toContain(token);
      }),
    );
  });
});
