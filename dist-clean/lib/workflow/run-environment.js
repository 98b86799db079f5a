export const SILENT_REPORTER = { diverged: ignore, stopped: ignore, rejection: ignore, warning: ignore };
function ignore() {
    return;
}
//# sourceMappingURL=run-environment.js.map