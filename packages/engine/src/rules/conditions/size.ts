import { isWithin, parseRange } from '../schema/range.ts';
import { parseSize } from '../schema/size.ts';
import { textOrWholeNumber, textThat } from '../schema/text.ts';
import { byAttributes, condition } from './kind.ts';

export const size = condition({
  schema: textOrWholeNumber(textThat((text) => parseRange(text, parseSize))),
  needs: 'attributes',
  summary: 'Size of the file: `">= 10MiB"`, `"< 1kB"`, `"0"`, or a range with both ends included.',
  example: 'size: "1KiB..2GB"',
  compile(text) {
    const bounds = parseRange(text, parseSize);
    return byAttributes(
      (attributes) => isWithin(BigInt(attributes.size), bounds),
      (attributes) => `the size is ${attributes.size} B`,
    );
  },
  words: (text) => `size ${text}`,
});
