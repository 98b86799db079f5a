export declare function installRejectionTrap(): () => void;
