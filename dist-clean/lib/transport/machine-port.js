export {};
//# sourceMappingURL=machine-port.js.map