/**
 * Tasks of virtual time, earliest first. A binary heap over (time, sequence): tasks of one instant keep the order of scheduling.
 */
export interface VirtualTask {
    /** Virtual ms. */
    readonly atMs: number;
    readonly sequence: number;
    cancelled: boolean;
    run(): void;
}
export declare class TaskHeap<Task extends VirtualTask> {
    private readonly tasks;
    get size(): number;
    peek(): Task | undefined;
    push(task: Task): void;
    pop(): Task | undefined;
}
