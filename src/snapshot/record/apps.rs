//! Resource accounts, and the auto attendants and call queues that they serve.

use super::record;
use crate::snapshot::object_id::ObjectId;
use crate::snapshot::texts::{Symbol, Text};

record! {
    /// A resource account: `Get-CsOnlineApplicationInstance`.
    ResourceAccountRecord {
        /// Entra object id.
        id: ObjectId = "ObjectId",
        /// User principal name.
        upn: Text = "UserPrincipalName",
        /// Display name.
        display_name: Text = "DisplayName",
        /// What it was made for: the id of auto attendants or of call queues.
        application: ObjectId = "ApplicationId",
        /// Its service number as spelled.
        number: Text = "PhoneNumber",
        /// Tenant id.
        tenant: ObjectId = "TenantId",
    }
}

record! {
    /// Which app a resource account serves: `Get-CsOnlineApplicationInstanceAssociation`.
    AssociationRecord {
        /// The resource account.
        account: ObjectId = "Id",
        /// The auto attendant or call queue.
        app: ObjectId = "ConfigurationId",
        /// `AutoAttendant` or `CallQueue`.
        app_type: Symbol = "ConfigurationType",
    }
}

record! {
    /// An auto attendant or a call queue; the kind of its export says which.
    AppRecord {
        /// Its id.
        id: ObjectId = "Identity",
        /// Its name.
        name: Text = "Name",
        /// The resource accounts that serve it.
        accounts: Box<[ObjectId]> = "ApplicationInstances",
    }
}
