import { describe, expect, it } from 'vitest';
import { apiError, connectionError } from '../support/fake-cluster.ts';
import { seeded } from '../support/random.ts';
import { Rig } from '../support/rig.ts';
import { World } from '../support/world.ts';

const EXCLUDE = ['drop/**'];
const STEPS = 150;
const SEEDS = Number(process.env['QWARDEN_SIMULATION_SEEDS'] ?? 16);
const FIRST = Number(process.env['QWARDEN_SIMULATION_FIRST'] ?? 1);

/**
 * People work, the cluster errs, streams break, the process is killed, all by the dice of one seed. At rest: every file that the policy covers
 * has its retention lock, nothing else has one, and nothing is left pending. On a failure run that seed alone:
 * `QWARDEN_SIMULATION_FIRST=17 QWARDEN_SIMULATION_SEEDS=1`.
 */
describe.each([
  ['with a settle time', 15_000],
  ['at once', 0],
])('simulation %s', (_name, intervalMs) => {
  it.each(Array.from({ length: SEEDS }, (_, index) => FIRST + index))('seed %i', async (seed) => {
    const random = seeded(seed);
    let rig = new Rig();
    const world = new World(rig.cluster, EXCLUDE, random);
    for (let i = 0; i < 15; i += 1)
      world.create(`${world.pick(world.directories())?.path ?? '/records'}/before${i}.${i % 4 === 0 ? 'tmp' : 'pdf'}`);
    world.begin();
    const options = { ref: '/records', policy: { intervalMs, exclude: EXCLUDE, builtinExcludes: true }, random };
    await rig.start(options);
    await rig.clock.advance(1000);
    let running = true;
    const misfortune = () => {
      const dice = random();
      if (dice < 0.03) throw connectionError(dice < 0.01 ? 'timeout' : 'reset');
      if (dice < 0.05) throw apiError(503, 'unavailable', 'busy', dice < 0.04 ? 2000 : undefined);
      if (dice < 0.06) throw apiError(500, 'internal', 'oops');
    };
    rig.cluster.fault = async () => {
      if (random() < 0.2) await rig.clock.sleep(random() * 50);
      misfortune();
    };
    rig.cluster.afterPatch = async () => {
      if (random() < 0.1) await rig.clock.sleep(random() * 50);
      if (random() < 0.02) throw connectionError('reset');
    };
    // Calls may take their time: it has to pass while they are waited for.
    const meanwhile = async <T>(work: Promise<T>) => {
      work.catch(() => undefined);
      await rig.clock.advance(5000);
      return await work;
    };
    for (let step = 0; step < STEPS; step += 1) {
      const dice = random();
      if (!running && random() < 0.3) {
        rig = new Rig(rig);
        running = await meanwhile(rig.start(options)).then(
          () => true,
          () => false,
        );
      } else if (dice < 0.75) {
        const watched = running && (await rig.filelock?.status())?.stream === 'watching';
        world.act(watched);
        if (watched || random() < 0.5) await rig.clock.settle();
      } else if (dice < 0.93) await rig.clock.advance(random() * 20_000);
      else if (dice < 0.97) rig.cluster.endStreams({ reason: random() < 0.5 ? 'closed' : 'error' });
      else if (running) {
        await meanwhile(rig.crash());
        running = false;
      }
    }
    rig.cluster.fault = () => undefined;
    rig.cluster.afterPatch = () => undefined;
    if (!running) {
      rig = new Rig(rig);
      await rig.start(options);
    }
    await rig.clock.advance(300_000);
    expect(world.wrongs()).toEqual([]);
    expect(await rig.filelock?.status()).toMatchObject({ pending: 0, inFlight: 0, stream: 'watching', failed: 0 });
    await rig.stop();
    rig.dispose();
  });
});
