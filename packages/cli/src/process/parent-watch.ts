import { Socket } from 'node:net';

/**
 * Started by a launcher under an old Node, we hold the other end of a pipe to it (QWARDEN_PARENT_FD). When that pipe ends,
 * the launcher was killed: we go the same way, at once, as `kill -9` of one process would.
 */
export function followParent(environment: NodeJS.ProcessEnv): void {
  const text = environment.QWARDEN_PARENT_FD;
  // Our own children are not the launcher's: a daemon must outlive it.
  delete environment.QWARDEN_PARENT_FD;
  if (text === undefined || !/^\d+$/.test(text)) return;
  const die = () => process.kill(process.pid, 'SIGKILL');
  const pipe = new Socket({ fd: Number(text), readable: true, writable: false });
  pipe.on('end', die);
  pipe.on('error', die);
  pipe.resume();
  pipe.unref();
}
