const LEARNED_MAX = 256;
export class Contacts {
    options;
    learned = new Set();
    /** Seeds whose name stood for nothing at the last attempt, and why. */
    unresolved = new Map();
    constructor(options) {
        this.options = options;
    }
    learn(addresses) {
        for (const address of addresses) {
            if (address === '' || address === this.options.network.advertised)
                continue;
            this.learned.delete(address);
            this.learned.add(address);
            if (this.learned.size > LEARNED_MAX)
                this.learned.delete(this.learned.keys().next().value);
        }
    }
    learnNodes(nodes) {
        this.options.network.learnAddresses(nodes);
        this.learn(nodes.map(({ address }) => address));
    }
    /** Those that were learned and those of the address book; without the seeds' names. */
    known() {
        return [...new Set([...this.learned, ...this.options.network.addresses().map(({ address }) => address)])];
    }
    async all() {
        const { network, seeds, random } = this.options;
        const resolved = await Promise.all(seeds.map((seed) => this.resolve(seed)));
        const found = [...new Set([...resolved.flat(), ...this.known()])].filter((address) => address !== network.advertised);
        for (let i = found.length - 1; i > 0; i--) {
            const j = random.int(i + 1);
            [found[i], found[j]] = [found[j], found[i]];
        }
        return found;
    }
    async resolve(seed) {
        if (this.options.resolve === undefined)
            return [seed];
        try {
            const addresses = await this.options.resolve(seed);
            this.unresolved.delete(seed);
            return addresses;
        }
        catch (error) {
            this.unresolved.set(seed, error instanceof Error ? error.message : String(error));
            return [];
        }
    }
}
//# sourceMappingURL=contacts.js.map