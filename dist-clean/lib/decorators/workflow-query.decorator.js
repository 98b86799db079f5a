/**
 * @WorkflowQuery: names a method that answers questions about a run. Writes metadata only.
 */
import 'reflect-metadata';
import { QUERY_METADATA } from '../raftoral.constants.js';
/**
 * The method is synchronous and changes nothing; any replica answers with it.
 * @param name default: the method's name.
 */
export function WorkflowQuery(name) {
    return (_target, method, descriptor) => {
        Reflect.defineMetadata(QUERY_METADATA, name ?? String(method), descriptor.value);
    };
}
//# sourceMappingURL=workflow-query.decorator.js.map