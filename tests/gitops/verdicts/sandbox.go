package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	lua "github.com/yuin/gopher-lua"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	luajson "layeh.com/gopher-json"
)

// scriptTime is how long Argo CD lets a script run.
const scriptTime = time.Second

// health lists the statuses that Argo CD takes from a script.
var health = map[string]bool{
	"Unknown": true, "Progressing": true, "Suspended": true, "Healthy": true, "Degraded": true, "Missing": true,
}

// argoHealth runs a health script on an object as Argo CD does (util/lua of its version 3.6) where
// resource.customizations.useOpenLibs is not set: with the libraries package, base and table, and with an os that knows
// only the time. There is no string, no math, no io.
func argoHealth(object *unstructured.Unstructured, script string) (Judgement, error) {
	state := lua.NewState(lua.Options{SkipOpenLibs: true})
	defer state.Close()
	if err := openLibraries(state); err != nil {
		return Judgement{}, err
	}
	limit, cancel := context.WithTimeout(context.Background(), scriptTime)
	defer cancel()
	state.SetContext(limit)
	state.SetGlobal("actionParams", state.NewTable())
	state.SetGlobal("obj", toLua(state, object.Object))
	if err := state.DoString(script); err != nil {
		return Judgement{}, err
	}
	return judgementOf(state.Get(-1))
}

func openLibraries(state *lua.LState) error {
	libraries := []struct {
		name string
		open lua.LGFunction
	}{
		{lua.LoadLibName, lua.OpenPackage},
		{lua.BaseLibName, lua.OpenBase},
		{lua.TabLibName, lua.OpenTable},
	}
	for _, library := range libraries {
		call := lua.P{Fn: state.NewFunction(library.open), Protect: true}
		if err := state.CallByParam(call, lua.LString(library.name)); err != nil {
			return err
		}
	}
	// Argo CD puts its own os into the table library, by mistake it seems, and otherwise only where require finds it: a
	// script that says os.time() fails there and must fail here. What the clock says matters to no test.
	clock := map[string]lua.LGFunction{"time": fixedTime, "date": fixedDate}
	state.RegisterModule(lua.TabLibName, clock)
	state.PreloadModule(lua.OsLibName, func(state *lua.LState) int {
		state.Push(state.SetFuncs(state.NewTable(), clock))
		return 1
	})
	return nil
}

func fixedTime(state *lua.LState) int {
	state.Push(lua.LNumber(0))
	return 1
}

func fixedDate(state *lua.LState) int {
	state.Push(lua.LString("1970-01-01"))
	return 1
}

// judgementOf reads what a script returned. Any word but these is Unknown to Argo CD; no script of ours may say one.
func judgementOf(returned lua.LValue) (Judgement, error) {
	if returned.Type() != lua.LTTable {
		return Judgement{}, fmt.Errorf("it returned a %s, not a table", returned.Type())
	}
	text, err := luajson.Encode(returned)
	if err != nil {
		return Judgement{}, err
	}
	var judgement Judgement
	if err := json.Unmarshal(text, &judgement); err != nil {
		return Judgement{}, err
	}
	if !health[judgement.Status] {
		return Judgement{}, fmt.Errorf("%q is no health status", judgement.Status)
	}
	return judgement, nil
}

// toLua makes Lua values of what Kubernetes' decoder makes of JSON. A null is nil, so the key is not there.
func toLua(state *lua.LState, value any) lua.LValue {
	switch typed := value.(type) {
	case bool:
		return lua.LBool(typed)
	case string:
		return lua.LString(typed)
	case int64:
		return lua.LNumber(typed)
	case float64:
		return lua.LNumber(typed)
	case []any:
		list := state.CreateTable(len(typed), 0)
		for _, member := range typed {
			list.Append(toLua(state, member))
		}
		return list
	case map[string]any:
		table := state.CreateTable(0, len(typed))
		for name, member := range typed {
			table.RawSetString(name, toLua(state, member))
		}
		return table
	}
	return lua.LNil
}
