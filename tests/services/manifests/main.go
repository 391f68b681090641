// Reads manifests of Jobs from standard input as an API server of Kubernetes does: strictly, with
// its defaults, what it adds by itself, and its own validation. Prints what that has against them.
package main

import (
	"bufio"
	"fmt"
	"io"
	"os"

	batchv1 "k8s.io/api/batch/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/kubernetes/pkg/apis/batch"
	convert "k8s.io/kubernetes/pkg/apis/batch/v1"
	"k8s.io/kubernetes/pkg/apis/batch/validation"
	"sigs.k8s.io/yaml"
)

// generate adds a selector and the labels that it selects by.
func generate(job *batch.Job) {
	job.UID = "0"
	if job.Spec.Template.Labels == nil {
		job.Spec.Template.Labels = map[string]string{}
	}
	for _, prefix := range []string{"", "batch.kubernetes.io/"} {
		job.Spec.Template.Labels[prefix+"controller-uid"] = string(job.UID)
		job.Spec.Template.Labels[prefix+"job-name"] = job.Name
	}
	job.Spec.Selector = &metav1.LabelSelector{
		MatchLabels: map[string]string{"batch.kubernetes.io/controller-uid": string(job.UID)}}
}

func refused(text []byte) []string {
	var job batchv1.Job
	if err := yaml.UnmarshalStrict(text, &job); err != nil {
		return []string{err.Error()}
	}
	if job.APIVersion != "batch/v1" || job.Kind != "Job" {
		return []string{"no Job of batch/v1"}
	}
	job.Namespace = "default"
	convert.SetObjectDefaults_Job(&job)
	var inner batch.Job
	if err := convert.Convert_v1_Job_To_batch_Job(&job, &inner, nil); err != nil {
		return []string{err.Error()}
	}
	generate(&inner)
	var said []string
	for _, one := range validation.ValidateJob(&inner, validation.JobValidationOptions{RequirePrefixedLabels: true}) {
		said = append(said, one.Error())
	}
	return said
}

func main() {
	reader := utilyaml.NewYAMLReader(bufio.NewReader(os.Stdin))
	count, bad := 0, 0
	for {
		text, err := reader.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		if len(text) == 0 {
			continue
		}
		count++
		for _, one := range refused(text) {
			fmt.Println(one)
			bad++
		}
	}
	if bad > 0 || count == 0 {
		os.Exit(1)
	}
	fmt.Println(count)
}
