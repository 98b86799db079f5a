/**
 * @WorkflowQuery: names a method that answers questions about a run. Writes metadata only.
 */
import 'reflect-metadata';
import { QUERY_METADATA } from '../raftoral.constants.js';

/** Refuses methods that return a promise: a query is synchronous. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the parameters are the user's
type QueryMethodDecorator = <Method extends (...args: any[]) => unknown>(
  target: object,
  name: string | symbol,
  descriptor: ReturnType<Method> extends Promise<unknown> ? never : TypedPropertyDescriptor<Method>,
) => void;

/**
 * The method is synchronous and changes nothing; any replica answers with it.
 * @param name default: the method's name.
 */
export function WorkflowQuery(name?: string): QueryMethodDecorator {
  return (_target, method, descriptor) => {
    Reflect.defineMetadata(QUERY_METADATA, name ?? String(method), (descriptor as PropertyDescriptor).value as object);
  };
}
