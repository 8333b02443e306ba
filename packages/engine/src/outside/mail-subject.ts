/** In one encoded word, so that it stands in one line with `Subject: ` (RFC 2047 allows 75 characters for the word, 76 for the line). */
const MOST_BYTES = 39;

/**
 * A subject as it must be sent so that its reader sees it letter for letter. A file may be called `=?utf-8?q?=0A?=`: what is an encoded word of
 * somebody else's goes into encoded words of ours, else the reader would decode it, and there are control characters in it. All other text is
 * left to the mailer, which in turn leaves encoded words alone.
 */
export function subjectLine(text: string): string {
  const wellFormed = text.toWellFormed();
  return wellFormed.includes('=?') ? inEncodedWords(wellFormed) : wellFormed;
}

/** Each of whole characters. The space between two is none of the text. */
function inEncodedWords(text: string): string {
  const chunks: string[] = [];
  let chunk = '';
  for (const character of text) {
    if (Buffer.byteLength(chunk + character) > MOST_BYTES) {
      chunks.push(chunk);
      chunk = '';
    }
    chunk += character;
  }
  return [...chunks, chunk].map((one) => `=?UTF-8?B?${Buffer.from(one).toString('base64')}?=`).join(' ');
}
