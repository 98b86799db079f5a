/**
 * @WorkflowQuery: names a method that answers questions about a run. Writes metadata only.
 */
import 'reflect-metadata';
/** Refuses methods that return a promise: a query is synchronous. */
type QueryMethodDecorator = <Method extends (...args: any[]) => unknown>(target: object, name: string | symbol, descriptor: ReturnType<Method> extends Promise<unknown> ? never : TypedPropertyDescriptor<Method>) => void;
/**
 * The method is synchronous and changes nothing; any replica answers with it.
 * @param name default: the method's name.
 */
export declare function WorkflowQuery(name?: string): QueryMethodDecorator;
export {};
