import { expect, test } from 'vitest';
import { controlAddress } from '../../src/control/address.ts';

test('is in the state directory', () => {
  expect(controlAddress('/var/lib/qwarden', 'linux')).toEqual({
    path: '/var/lib/qwarden/control.sock',
    directory: null,
  });
});

test('a path that sockets do not allow is a private directory elsewhere, another one for each state directory', () => {
  const long = `/var/${'ä'.repeat(44)}`;
  expect(Buffer.byteLength(`${long}/control.sock`)).toBeGreaterThan(100);
  const { path, directory } = controlAddress(long, 'linux', '/tmp');
  expect(directory).toMatch(/^\/tmp\/qwarden-[0-9a-f]{16}$/);
  expect(path).toBe(`${directory}/control.sock`);
  expect(controlAddress(`${long}2`, 'linux', '/tmp').path).not.toBe(path);
});

test('is a named pipe on Windows', () => {
  expect(controlAddress('C:\\state', 'win32').path).toMatch(/^\\\\\.\\pipe\\qwarden-[0-9a-f]{16}$/);
});
