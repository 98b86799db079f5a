export class EventTap {
    listener = null;
    sink = (run, event) => {
        if (this.listener !== null)
            this.listener(run, event);
    };
    connect(listener) {
        this.listener = listener;
    }
}
//# sourceMappingURL=event-tap.js.map