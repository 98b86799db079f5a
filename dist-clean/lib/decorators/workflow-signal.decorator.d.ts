/**
 * @WorkflowSignal: names a method that handles signals of a run. Writes metadata only.
 */
import 'reflect-metadata';
type SignalMethodDecorator = <Method extends (payload: any) => unknown>(target: object, name: string | symbol, descriptor: TypedPropertyDescriptor<Method>) => void;
/**
 * The method is workflow code: it is called with the payload when the signal's event is handled, and may use operations.
 * @param name default: the method's name.
 */
export declare function WorkflowSignal(name?: string): SignalMethodDecorator;
export {};
