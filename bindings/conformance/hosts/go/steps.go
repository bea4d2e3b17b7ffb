package main

import "fmt"

type stepFunction func(*world, *fields) error

var steps map[string]stepFunction

// In an init, since listeners run steps themselves.
func init() {
	steps = map[string]stepFunction{
		"send": send, "send_many": sendMany, "await": await, "await_many": awaitMany,
		"request": request, "pending": pending, "cancel": cancel,
		"reached":   func(_ *world, s *fields) error { return waitForFile(s.text("gate") + ".reached") },
		"open_gate": func(_ *world, s *fields) error { return openGate(s.text("gate")) },
		"create":    create, "created": created, "cancel_create": cancelCreate,
		"destroy": destroy, "destroyed": destroyed,
		"listen": listen, "unlisten": unlisten, "events": events, "notice": notice,
		"stats": stats, "describe": describe, "open_library": openLibrary,
		"require_contract": requireContract,
		"close_library":    closeLibrary, "open_pool": openPool, "prewarm": prewarm,
		"close_pool": closePool,
	}
}

// runSteps runs steps in order, up to the first that goes wrong.
func (w *world) runSteps(all []map[string]any) error {
	for number, object := range all {
		name, _ := object["do"].(string)
		what := fmt.Sprintf("step %d, %s", number+1, name)
		for _, field := range []string{"as", "of", "on"} {
			if text, ok := object[field].(string); ok {
				what += " " + text
				break
			}
		}
		run, ok := steps[name]
		if !ok {
			return fmt.Errorf("unknown step %s", name)
		}
		step := newFields(object, what)
		if err := run(w, step); err != nil {
			return err
		}
		if err := step.done(); err != nil {
			return err
		}
	}
	return nil
}
