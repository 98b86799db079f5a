/**
 * Stands where Nest would inject a dependency that the caller of replay() gave no provider for. A replay runs no compute body, so most
 * workflows never touch theirs; one that does is told which provider is missing, instead of getting an answer that nobody gave.
 */
import { RaftoralError } from '../../errors/index.js';

/** What Nest and the language look for on any object: absent. */
const ABSENT: ReadonlySet<string> = new Set([
  'then',
  'toJSON',
  'onModuleInit',
  'onApplicationBootstrap',
  'onModuleDestroy',
  'beforeApplicationShutdown',
  'onApplicationShutdown',
]);

/** `token`: of the provider that is missing. */
export function unusedDependency(token: unknown): object {
  const name = typeof token === 'function' ? token.name : String(token);
  return new Proxy(
    {},
    {
      get(_target, property) {
        if (typeof property === 'symbol' || property in Object.prototype || ABSENT.has(property)) return undefined;
        throw new RaftoralError(
          'INVALID_ARGUMENT',
          `replay(): workflow code used ${name}.${property} outside a compute body, and replay() was given no provider for ${name}; pass it in \`providers\` or \`imports\`.`,
          { details: { argument: 'providers', dependency: name } },
        );
      },
    },
  );
}
