// Code blocks of Markdown, by their language.
import { readFileSync } from 'node:fs';

const RUN = new Set(['ts', 'js', 'sh', 'python']);

/** The blocks that a reader would run, in order: `language`, `text`, `line`. */
export function runnableBlocks(file) {
  const blocks = [];
  let open;
  for (const [index, line] of readFileSync(file, 'utf8').split('\n').entries()) {
    if (open === undefined) {
      const fence = /^```(\w*)$/.exec(line);
      if (fence) open = { language: fence[1], line: index + 1, lines: [] };
    } else if (line === '```') {
      blocks.push({ language: open.language, line: open.line, text: `${open.lines.join('\n')}\n` });
      open = undefined;
    } else {
      open.lines.push(line);
    }
  }
  return blocks.filter(({ language }) => RUN.has(language));
}
