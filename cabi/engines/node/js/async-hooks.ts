/** async-hooks.ts: which hooks of async_hooks are switched on, beside Node's own. */

interface Hook {
  enable(): this;
  disable(): this;
}

interface HooksModule {
  createHook(callbacks: object): Hook;
}

export class AsyncHooks {
  readonly #enabled = new Set<Hook>();

  get count(): number {
    return this.#enabled.size;
  }

  /** Before a library gets the module. */
  watch(module: HooksModule): void {
    const { createHook } = module;
    module.createHook = (callbacks) => {
      const hook = createHook(callbacks);
      const { enable, disable } = hook;
      hook.enable = () => {
        this.#enabled.add(hook);
        return Reflect.apply(enable, hook, []);
      };
      hook.disable = () => {
        this.#enabled.delete(hook);
        return Reflect.apply(disable, hook, []);
      };
      return hook;
    };
  }
}
