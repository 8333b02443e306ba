import { OutsideError, type Outside } from '../actions/port.ts';

const nobody = (): Promise<never> =>
  Promise.reject(new OutsideError('Nothing outside the cluster is spoken to here.', { transient: false }));

/** For rules whose actions stay on the cluster. */
export const noOutside: Outside = {
  http: nobody,
  mail: nobody,
  run: nobody,
  publish: nobody,
  secret() {
    throw new OutsideError('There are no secrets here.', { transient: false });
  },
};
