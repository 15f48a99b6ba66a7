//! The account, its token, and the hardware it can use.

use replicate::{Client, ErrorKind};

use crate::{Case, Outcome, cases};

pub(super) const CASES: [Case; 3] = cases! {
    hardware
    account
    bad_token
};

async fn hardware(client: Client) -> Outcome {
    let all = client.hardware().list().await?;
    let cpu = all.iter().find(|hardware| hardware.sku == "cpu");
    assert!(cpu.is_some_and(|hardware| !hardware.name.is_empty()));
    Ok(())
}

async fn account(client: Client) -> Outcome {
    let account = client.account().get().await?;
    assert_eq!(account.username, "local");
    Ok(())
}

async fn bad_token(_: Client) -> Outcome {
    let unknown = Client::builder().from_env()?.token("r8_unknown").build()?;
    let error = unknown.account().get().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authentication);
    assert_eq!(error.status().map(|status| status.as_u16()), Some(401));
    Ok(())
}
