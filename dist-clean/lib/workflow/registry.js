/**
 * The workflows that this node can run. Owns: (name, version) → definition, and the build id that names this code.
 *
 * G1. (name, version) is unique; registering it twice is INVALID_WORKFLOW_DEFINITION.
 * G2. Equal sources give equal build ids, whatever the order of registration.
 */
import { createHash } from 'node:crypto';
import { RaftoralError } from '../errors/index.js';
export class WorkflowRegistry {
    byName = new Map();
    constructor(definitions = []) {
        for (const definition of definitions)
            this.add(definition);
    }
    add(definition) {
        let versions = this.byName.get(definition.name);
        if (versions === undefined)
            this.byName.set(definition.name, (versions = new Map()));
        const present = versions.get(definition.version);
        if (present !== undefined) {
            throw new RaftoralError('INVALID_WORKFLOW_DEFINITION', `workflow '${definition.name}' version ${definition.version} is registered twice, by ${present.target.name} and ${definition.target.name}; give one of them another version`);
        }
        versions.set(definition.version, definition);
    }
    get(name, version) {
        return this.byName.get(name)?.get(version);
    }
    /** Registered versions of a name, ascending. */
    versions(name) {
        return [...(this.byName.get(name)?.keys() ?? [])].sort((a, b) => a - b);
    }
    /** What a member says of itself in its hello, by name. */
    list() {
        return [...this.byName.keys()].sort().map((name) => ({ name, versions: this.versions(name) }));
    }
    /** Digest of the sources of all registered classes, base classes included: the default of the option `buildId`. */
    sourceDigest() {
        const hash = createHash('sha256');
        for (const { name, versions } of this.list()) {
            for (const version of versions) {
                hash.update(`${name}@${version}\n`);
                for (let target = this.get(name, version).target; typeof target === 'function' && target !== Function.prototype; target = Object.getPrototypeOf(target)) {
                    hash.update(Function.prototype.toString.call(target));
                }
            }
        }
        return hash.digest('hex').slice(0, 16);
    }
}
//# sourceMappingURL=registry.js.map