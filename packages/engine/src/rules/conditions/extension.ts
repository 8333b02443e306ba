import { oneOrMany, textThat } from '../schema/text.ts';
import { RuleTextError } from '../text-error.ts';
import { byChange, condition } from './kind.ts';
import { oneOf } from './words.ts';

export const extension = condition({
  schema: oneOrMany(textThat(parseExtension).transform(parseExtension)),
  needs: 'change',
  summary:
    'What follows the last dot of the name, with or without the dot, compared without case; `tar.gz` is compared with the end of the name, `""` means none. A dot at the beginning hides a name and begins no extension.',
  example: 'extension: [.exe, zip]',
  compile(values, { caseSensitive }) {
    const ignoreCase = caseSensitive !== true;
    const wanted = values.map((value) => (ignoreCase ? value.toLowerCase() : value));
    const simple = new Set(wanted.filter((value) => !value.includes('.')));
    const compound = wanted.filter((value) => value.includes('.')).map((value) => `.${value}`);
    return byChange(
      (subject) => {
        const own = ignoreCase ? subject.extension.toLowerCase() : subject.extension;
        if (simple.has(own)) return true;
        if (compound.length === 0) return false;
        const name = (ignoreCase ? subject.lowerName : subject.name).replace(/^\.+/, '');
        return compound.some((end) => name.endsWith(end) && name.length > end.length);
      },
      ({ extension }) => (extension === '' ? 'there is no extension' : `the extension is .${extension}`),
    );
  },
  words: (values) => `extension ${oneOf(values.map((value) => (value === '' ? 'none' : `.${value}`)))}`,
  anchors: (values) => ({
    extensions: values.includes('') ? undefined : values.map((value) => value.slice(value.lastIndexOf('.') + 1)),
  }),
});

/** @throws RuleTextError */
function parseExtension(text: string): string {
  if (/[*?/\0]/.test(text)) {
    throw new RuleTextError(
      `The extension "${text}" is none: write .${text.replace(/[*?/\0.]/g, '')}, or use "name" for globs.`,
    );
  }
  const bare = text.startsWith('.') ? text.slice(1) : text;
  if (text !== '' && (bare === '' || bare.startsWith('.') || bare.endsWith('.'))) {
    throw new RuleTextError(`The extension "${text}" is none. Accepted: .csv, csv, tar.gz, "" for none.`);
  }
  return bare;
}
