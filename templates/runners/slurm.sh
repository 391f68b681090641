#!/bin/sh
# Jobs of git factory batch --runner=slurm: a request of the batch is a task of the array. A job has
# the configuration of its machine; there is nothing secret in here.
#SBATCH --requeue
#SBATCH --open-mode=append
{{setup}}
case $SLURM_ARRAY_TASK_ID in
{{commands}}esac
