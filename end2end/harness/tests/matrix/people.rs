//! The people of the matrix: a company with its staff, one who was let go, another company's manager, two clients.

use contracts::http::company::Company;
use contracts::money::Money;
use harness::market::{self, Shop};
use harness::person::Account;
use harness::stack::Stack;

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    Nobody,
    /// Whose booking it is.
    ClientA,
    ClientB,
    Owner,
    Manager,
    /// Acted for the company until a moment ago.
    RemovedManager,
    ManagerOfAnother,
}

impl Who {
    pub(crate) const ALL: [Self; 7] = [
        Self::Nobody,
        Self::ClientA,
        Self::ClientB,
        Self::Owner,
        Self::Manager,
        Self::RemovedManager,
        Self::ManagerOfAnother,
    ];
}

pub(crate) struct People {
    pub(crate) shop: Shop,
    /// Of which all sorts of people become managers.
    pub(crate) club: Company,
    another: Shop,
    removed: Account,
    client_a: Account,
    client_b: Account,
}

impl People {
    pub(crate) async fn gather(stack: &Stack) -> anyhow::Result<Self> {
        let mut shop = Shop::open(stack, 3).await?;
        let another = Shop::open(stack, 1).await?;
        let club =
            stack.gateway.post("/company").token(shop.owner.token()).json(&market::new_company()).await?;
        let removed = shop.managers.remove(2);
        let path = shop.path(&format!("/members/{}", removed.user_id));
        stack.gateway.call(reqwest::Method::DELETE, &path).token(shop.owner.token()).await?.expect(204);
        market::forgotten(stack, shop.company.id, removed.user_id).await?;
        let rich = Money(100_000_000);
        Ok(Self {
            shop,
            club: club.parsed(201),
            another,
            removed,
            client_a: market::client(stack, rich).await?,
            client_b: market::client(stack, rich).await?,
        })
    }

    pub(crate) fn account(&self, who: Who) -> Option<&Account> {
        match who {
            Who::Nobody => None,
            Who::ClientA => Some(&self.client_a),
            Who::ClientB => Some(&self.client_b),
            Who::Owner => Some(&self.shop.owner),
            Who::Manager => Some(&self.shop.managers[0]),
            Who::RemovedManager => Some(&self.removed),
            Who::ManagerOfAnother => Some(&self.another.managers[0]),
        }
    }

    /// A manager on whom the others decide.
    pub(crate) fn subordinate(&self) -> &Account {
        &self.shop.managers[1]
    }
}
