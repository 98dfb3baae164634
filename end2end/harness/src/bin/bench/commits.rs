use std::time::{Duration, Instant};

use futures::future::try_join_all;
use harness::stack::Stack;

const MEASURED_FOR: Duration = Duration::from_secs(3);

/// Commits of one changed row each, over so many connections, each with a row of its own: what this disk and this
/// PostgreSQL give at best, in the same minute.
pub async fn per_second(stack: &Stack, connections: usize) -> anyhow::Result<f64> {
    let mut database = stack.database("postgres").await?;
    sqlx::raw_sql(
        "drop table if exists bench_commits;
         create table bench_commits (id bigint primary key, number bigint not null);
         insert into bench_commits select id, 0 from generate_series(1, 64) as id;",
    )
    .execute(&mut database)
    .await?;
    let began = Instant::now();
    let commits = try_join_all((1..=connections).map(async |id| {
        let (id, mut commits) = (i64::try_from(id)?, 0_u32);
        let mut database = stack.database("postgres").await?;
        let update = "update bench_commits set number = number + 1 where id = $1";
        while began.elapsed() < MEASURED_FOR {
            sqlx::query(update).bind(id).execute(&mut database).await?;
            commits += 1;
        }
        anyhow::Ok(commits)
    }))
    .await?;
    let lasted = began.elapsed();
    sqlx::query("drop table bench_commits").execute(&mut database).await?;
    Ok(f64::from(commits.into_iter().sum::<u32>()) / lasted.as_secs_f64())
}
