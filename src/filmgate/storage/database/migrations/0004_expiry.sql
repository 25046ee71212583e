-- What is over is found by its time, and a task's news by the task.
create index task_by_expiry on task (expires_at) where expires_at is not null;
create index event_of_task on event (task);
