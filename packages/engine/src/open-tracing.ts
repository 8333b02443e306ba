import { systemClock } from '@qwarden/qumulo-client';
import type { TracingOptions } from './tracing/make.ts';
import { planTraces } from './tracing/plan.ts';
import type { Tracing } from './tracing/port.ts';

/**
 * Traces of OpenTelemetry, if the environment asks for them by the standard variables; undefined otherwise. The libraries are loaded only then.
 */
export async function openTracing(
  environment: Readonly<Record<string, string | undefined>>,
  { version, warn }: Omit<TracingOptions, 'clock'>,
): Promise<Tracing | undefined> {
  const plan = planTraces(environment, warn);
  if (plan === undefined) return undefined;
  const [{ makeTracing }, { openExporter }] = await Promise.all([
    import('./tracing/make.ts'),
    import('./outside/otlp.ts'),
  ]);
  return makeTracing(plan, await openExporter(plan), { version, warn, clock: systemClock });
}
