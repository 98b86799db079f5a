export class StoreFailure {
    first = null;
    get error() {
        return this.first;
    }
    /** Keeps the first error, and returns that. */
    set(error) {
        this.first ??= error;
        return this.first;
    }
    /** Throws the failure, if there was one. */
    check() {
        if (this.first !== null)
            throw this.first;
    }
}
//# sourceMappingURL=store-failure.js.map