// Command verdicts judges Kubernetes objects as GitOps tools do.
//
// It reads a JSON list of objects from standard input and writes a list of the same length to standard output: for each object what a health
// script says in Argo CD's sandbox and what kstatus says, or which error one of them met with.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/fluxcd/cli-utils/pkg/kstatus/status"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// Judgement is what one tool says of one object.
type Judgement struct {
	Status  string `json:"status"`
	Message string `json:"message"`
}

// Verdicts are what both say of the same one. With an error, nothing that they say counts.
type Verdicts struct {
	Argo    Judgement `json:"argo"`
	Kstatus Judgement `json:"kstatus"`
	Error   string    `json:"error,omitempty"`
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: verdicts HEALTH.LUA <OBJECTS.json")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "verdicts:", err)
		os.Exit(1)
	}
}

func run(scriptPath string, in io.Reader, out io.Writer) error {
	script, err := os.ReadFile(scriptPath)
	if err != nil {
		return err
	}
	var documents []json.RawMessage
	if err := json.NewDecoder(in).Decode(&documents); err != nil {
		return fmt.Errorf("read a list of objects: %w", err)
	}
	verdicts := make([]Verdicts, 0, len(documents))
	for number, document := range documents {
		// Kubernetes' own decoder: whole numbers become int64, as in objects from an API server.
		object := &unstructured.Unstructured{}
		if err := object.UnmarshalJSON(document); err != nil {
			return fmt.Errorf("object %d: %w", number, err)
		}
		verdicts = append(verdicts, judge(object, string(script)))
	}
	return json.NewEncoder(out).Encode(verdicts)
}

func judge(object *unstructured.Unstructured, script string) Verdicts {
	argo, err := argoHealth(object, script)
	if err != nil {
		return Verdicts{Error: fmt.Sprintf("the health script: %v", err)}
	}
	computed, err := status.Compute(object)
	if err != nil {
		return Verdicts{Error: fmt.Sprintf("kstatus: %v", err)}
	}
	return Verdicts{Argo: argo, Kstatus: Judgement{computed.Status.String(), computed.Message}}
}
