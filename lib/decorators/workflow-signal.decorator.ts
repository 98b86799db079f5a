/**
 * @WorkflowSignal: names a method that handles signals of a run. Writes metadata only.
 */
import 'reflect-metadata';
import { SIGNAL_METADATA } from '../raftoral.constants.js';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the payload is the user's
type SignalMethodDecorator = <Method extends (payload: any) => unknown>(
  target: object,
  name: string | symbol,
  descriptor: TypedPropertyDescriptor<Method>,
) => void;

/**
 * The method is workflow code: it is called with the payload when the signal's event is handled, and may use operations.
 * @param name default: the method's name.
 */
export function WorkflowSignal(name?: string): SignalMethodDecorator {
  return (_target, method, descriptor) => {
    Reflect.defineMetadata(SIGNAL_METADATA, name ?? String(method), descriptor.value as object);
  };
}
