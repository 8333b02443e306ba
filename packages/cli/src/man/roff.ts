/** Text as it stands in a page of man(7): nothing of it is a request, and a hyphen stays one when it is copied. */
export function plain(text: string): string {
  const escaped = text.replaceAll('\\', String.raw`\e`).replaceAll('-', String.raw`\-`);
  return escaped.replaceAll(/^([.'])/gm, String.raw`\&$1`);
}

export function bold(text: string): string {
  return String.raw`\fB${plain(text)}\fR`;
}

export function italic(text: string): string {
  return String.raw`\fI${plain(text)}\fR`;
}

export function section(title: string, ...lines: string[]): string {
  return [`.SH ${title.toUpperCase()}`, ...lines].join('\n');
}

export function subsection(title: string, ...lines: string[]): string {
  return [`.SS "${plain(title).replaceAll('"', String.raw`\(dq`)}"`, ...lines].join('\n');
}

/** What is explained, and below it, further in, the explanation. */
export function item(what: string, explanation: string): string {
  return ['.TP', what, explanation].join('\n');
}

/** Lines as they are. */
export function verbatim(text: string): string {
  return ['.nf', plain(text.trim()), '.fi'].join('\n');
}
