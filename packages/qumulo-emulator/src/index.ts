/** A Qumulo cluster in memory behind the same REST API. See README.md. */
export { type EmulatorCommandIo, type EmulatorCommandOptions, runEmulatorCommand } from './command.ts';
export type { ClientOutcome, ClientRequest, Refusal } from './clients/request.ts';
export { EmulatorClock, type TimeSource } from './clock.ts';
export { startEmulator } from './emulator.ts';
export type { ActiveFault, FaultAnswer, FaultRule, Faults } from './faults/faults.ts';
export type { Caller, FileAttributes, FileSystemApi } from './fs/api.ts';
export { FsError } from './fs/errors.ts';
export { FileSystem } from './fs/filesystem.ts';
export type { DropMode } from './http/notify-stream.ts';
export type { AccessLogEntry } from './http/pipeline.ts';
export type { PauseMode } from './http/server.ts';
export { allOperations, documentedOperations, undocumentedOperations } from './operations/table.ts';
export type { EmulatorOptions } from './options.ts';
export type { SeedState, SeedUser } from './seed.ts';
export type { LockCall, StatsSnapshot } from './stats.ts';
export type { CertificateWish, Emulator } from './types.ts';
export { defaultUnknowns, unknownErrors, type Unknowns } from './unknowns.ts';
