import { auditDestinationNotFound } from './errors.ts';

/** Where the audit log goes, as sent: which keys belong to which type is not checked. */
export interface AuditDestinationConfig {
  type: 'SYSLOG' | 'CLOUDWATCH' | 'LOCAL';
  name: string;
  enabled: boolean;
  server_address?: string;
  server_port?: number;
  log_format?: 'csv' | 'json';
  log_group_name?: string;
  region?: string;
}

export interface AuditDestination {
  readonly id: number;
  readonly config: AuditDestinationConfig;
  readonly version: number;
}

/** Destinations of the audit log, version 2 of the API. Nothing is sent to them. */
export class AuditDestinations {
  readonly #destinations = new Map<number, AuditDestination>();
  #nextId = 1;

  all(): AuditDestination[] {
    return [...this.#destinations.values()];
  }

  get(id: number): AuditDestination {
    const found = this.#destinations.get(id);
    if (found === undefined) throw auditDestinationNotFound(id);
    return found;
  }

  add(config: AuditDestinationConfig): AuditDestination {
    return this.#keep({ id: this.#nextId++, config, version: 1 });
  }

  replace({ id, version }: AuditDestination, config: AuditDestinationConfig): AuditDestination {
    return this.#keep({ id, config, version: version + 1 });
  }

  remove({ id }: AuditDestination): void {
    this.#destinations.delete(id);
  }

  #keep(destination: AuditDestination): AuditDestination {
    this.#destinations.set(destination.id, destination);
    return destination;
  }
}
