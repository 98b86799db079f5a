/**
 * @WorkflowSignal: names a method that handles signals of a run. Writes metadata only.
 */
import 'reflect-metadata';
import { SIGNAL_METADATA } from '../raftoral.constants.js';
/**
 * The method is workflow code: it is called with the payload when the signal's event is handled, and may use operations.
 * @param name default: the method's name.
 */
export function WorkflowSignal(name) {
    return (_target, method, descriptor) => {
        Reflect.defineMetadata(SIGNAL_METADATA, name ?? String(method), descriptor.value);
    };
}
//# sourceMappingURL=workflow-signal.decorator.js.map