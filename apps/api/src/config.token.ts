/** Injects the {@link Config}. */
export const CONFIG = Symbol('config');
