/** Can it be the address of a Redis? What stands behind the host may be the rest of a password that was not escaped: that is none, and not to be shown. */
export function isRedisAddress(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || !/^rediss?:$/.test(url.protocol) || url.hostname === '') return false;
  if (!/^\/?\d*$/.test(url.pathname) || url.hash !== '' || url.search.includes('@')) return false;
  try {
    decodeURIComponent(`${url.username}:${url.password}`);
    return true;
  } catch {
    return false;
  }
}
