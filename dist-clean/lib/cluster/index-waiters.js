export class IndexWaiters {
    waiters = [];
    get length() {
        return this.waiters.length;
    }
    wait(index) {
        return new Promise((resolve, reject) => {
            let at = this.waiters.length;
            while (at > 0 && this.waiters[at - 1].index > index)
                at--;
            this.waiters.splice(at, 0, { index, resolve, reject });
        });
    }
    applied(index) {
        if (this.waiters.length === 0 || this.waiters[0].index > index)
            return;
        let count = 0;
        while (count < this.waiters.length && this.waiters[count].index <= index)
            this.waiters[count++].resolve();
        this.waiters = this.waiters.slice(count);
    }
    close(error) {
        for (const waiter of this.waiters)
            waiter.reject(error);
        this.waiters = [];
    }
}
//# sourceMappingURL=index-waiters.js.map