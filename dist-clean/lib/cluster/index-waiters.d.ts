export declare class IndexWaiters {
    private waiters;
    get length(): number;
    wait(index: number): Promise<void>;
    applied(index: number): void;
    close(error: Error): void;
}
