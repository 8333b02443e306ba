import { builtinActions } from '../actions/catalog.ts';
import { LOOK_ACTION } from '../monitor/look-inside.ts';

/** What somebody calls an action of his own stays his: metrics and traces of OpenTelemetry are no place for it. */
export function actionLabel(action: string): string {
  if (action === LOOK_ACTION) return 'look-inside';
  return Object.hasOwn(builtinActions, action) ? action : 'own';
}
