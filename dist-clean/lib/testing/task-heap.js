export class TaskHeap {
    tasks = [];
    get size() {
        return this.tasks.length;
    }
    peek() {
        return this.tasks[0];
    }
    push(task) {
        const tasks = this.tasks;
        let child = tasks.length;
        tasks.push(task);
        while (child > 0) {
            const parent = (child - 1) >> 1;
            if (!isBefore(task, tasks[parent]))
                break;
            tasks[child] = tasks[parent];
            child = parent;
        }
        tasks[child] = task;
    }
    pop() {
        const tasks = this.tasks;
        const first = tasks[0];
        const last = tasks.pop();
        if (first === undefined || tasks.length === 0)
            return first;
        let parent = 0;
        for (;;) {
            let child = 2 * parent + 1;
            if (child >= tasks.length)
                break;
            if (child + 1 < tasks.length && isBefore(tasks[child + 1], tasks[child]))
                child++;
            if (!isBefore(tasks[child], last))
                break;
            tasks[parent] = tasks[child];
            parent = child;
        }
        tasks[parent] = last;
        return first;
    }
}
function isBefore(a, b) {
    return a.atMs < b.atMs || (a.atMs === b.atMs && a.sequence < b.sequence);
}
//# sourceMappingURL=task-heap.js.map