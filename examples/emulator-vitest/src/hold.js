/** Puts every file of a directory on legal hold. Returns the paths of those that it held. */
export async function holdAll(cluster, directory) {
  const held = [];
  for (const entry of await entriesOf(cluster, directory)) {
    if (entry.type !== 'FS_FILE_TYPE_FILE') continue;
    const lock = `/v1/files/${entry.id}/file-lock`;
    await call(cluster, 'PATCH', lock, { legal_hold: true });
    held.push(entry.path);
  }
  return held;
}

async function entriesOf(cluster, directory) {
  const entries = [];
  let next = `/v1/files/${encodeURIComponent(directory)}/entries/?limit=100`;
  while (next) {
    const page = await call(cluster, 'GET', next);
    entries.push(...page.files);
    next = page.paging.next;
  }
  return entries;
}

/** One call; a cluster that is busy is asked three times. */
async function call({ url, token }, method, path, body) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const request = { method, headers, body: body && JSON.stringify(body) };
  for (let attempt = 1; ; attempt += 1) {
    const answer = await fetch(url + path, request);
    if (answer.ok) return answer.json();
    if (answer.status !== 503 || attempt === 3) {
      const text = await answer.text();
      // A refused token is answered without a word.
      const why = text === '' ? '' : ` ${JSON.parse(text).error_class}`;
      throw new Error(`${method} ${path}: ${answer.status}${why}`);
    }
  }
}
