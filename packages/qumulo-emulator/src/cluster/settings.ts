/** Settings of the cluster that nothing else in the emulator depends on: kept, given back, and versioned. */

export interface TimeSettings {
  source: 'API_TIME_SOURCE_NTP' | 'API_TIME_SOURCE_HYPERVISOR';
  use_ad_for_primary: boolean;
  ntp_servers: readonly string[];
}

export const defaultTimeSettings: TimeSettings = {
  source: 'API_TIME_SOURCE_NTP',
  use_ad_for_primary: false,
  ntp_servers: ['0.qumulo.pool.ntp.org', '1.qumulo.pool.ntp.org'],
};

/** A value with a count of its changes, for the ETag. */
export class Setting<T> {
  #value: T;
  #version = 1;

  constructor(value: T) {
    this.#value = value;
  }

  get value(): T {
    return this.#value;
  }

  set value(value: T) {
    this.#value = value;
    this.#version++;
  }

  get version(): number {
    return this.#version;
  }
}
