-- origin: how the task was asked for (JSON), for protocols that repeat it to its owner.
alter table task add column origin text;
