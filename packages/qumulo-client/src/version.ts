/** Version of this package, sent as `User-Agent: qwarden/<version>`; a test compares it with package.json. */
export const VERSION = '0.1.0';
